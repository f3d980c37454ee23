// The emoji people use most, by the short names Slack gives them.

const TABLE = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 wave 👋 clap 👏 pray 🙏 muscle 💪 raised_hands 🙌 point_right 👉 point_left 👈
point_up ☝️ point_down 👇 raised_hand ✋ eyes 👀 brain 🧠 handshake 🤝 smile 😄 grinning 😀 smiley 😃 grin 😁 joy 😂 slightly_smiling_face 🙂
wink 😉 blush 😊 heart_eyes 😍 sunglasses 😎 thinking_face 🤔 neutral_face 😐 sweat_smile 😅 sweat 😓 cry 😢 sob 😭 scream 😱 angry 😠
rage 😡 exploding_head 🤯 face_with_rolling_eyes 🙄 sleeping 😴 zzz 💤 skull 💀 robot_face 🤖 ghost 👻 partying_face 🥳 heart ❤️
broken_heart 💔 green_heart 💚 blue_heart 💙 yellow_heart 💛 100 💯 fire 🔥 sparkles ✨ star ⭐ star2 🌟 boom 💥 tada 🎉 rocket 🚀 zap ⚡
warning ⚠️ rotating_light 🚨 no_entry ⛔ no_entry_sign 🚫 x ❌ heavy_check_mark ✔️ white_check_mark ✅ ballot_box_with_check ☑️
question ❓ grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗ bangbang ‼️ bulb 💡 bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 speaker 🔈
mute 🔇 phone ☎️ telephone_receiver 📞 iphone 📱 email 📧 envelope ✉️ inbox_tray 📥 outbox_tray 📤 pager 📟 satellite 📡 computer 💻
keyboard ⌨️ desktop_computer 🖥️ floppy_disk 💾 package 📦 mag 🔍 mag_right 🔎 link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍
triangular_flag_on_post 🚩 checkered_flag 🏁 flag-white 🏳️ lock 🔒 unlock 🔓 key 🔑 shield 🛡️ hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️
construction 🚧 fire_engine 🚒 fire_extinguisher 🧯 ambulance 🚑 helmet_with_white_cross ⛑️ firefighter 🧑‍🚒 anchor ⚓ ship 🚢 sailboat ⛵
hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ alarm_clock ⏰ clock1 🕐 calendar 📅 date 📅 spiral_calendar_pad 🗓️ calendar_spiral 🗓️
memo 📝 pencil 📝 pencil2 ✏️ clipboard 📋 bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 page_facing_up 📄
bookmark 🔖 book 📖 books 📚 newspaper 📰 label 🏷️ dart 🎯 trophy 🏆 medal 🏅 coffee ☕ beer 🍺 pizza 🍕 cake 🍰 sun ☀️ sunny ☀️
cloud ☁️ rain_cloud 🌧️ thunder_cloud_and_rain ⛈️ snowflake ❄️ rainbow 🌈 ocean 🌊 earth_africa 🌍 globe_with_meridians 🌐 bug 🐛 turtle 🐢
snail 🐌 cat 🐱 dog 🐶 see_no_evil 🙈 crossed_fingers 🤞 v ✌️ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫ large_red_square 🟥 large_orange_square 🟧
large_yellow_square 🟨 large_green_square 🟩 large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛ small_red_triangle 🔺
small_red_triangle_down 🔻 small_orange_diamond 🔸 small_blue_diamond 🔹 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️
arrow_upper_right ↗️ arrows_counterclockwise 🔄 repeat 🔁 rewind ⏪ fast_forward ⏩ arrow_forward ▶️ double_vertical_bar ⏸️
pause_button ⏸️ black_square_for_stop ⏹️ heavy_plus_sign ➕ heavy_minus_sign ➖ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ information_source ℹ️
new 🆕 ok 🆗 sos 🆘 cool 🆒 free 🆓 up 🆙 speech_balloon 💬 thought_balloon 💭 left_speech_bubble 🗨️ busts_in_silhouette 👥
bust_in_silhouette 👤 hear_no_evil 🙉 speak_no_evil 🙊 door 🚪 recycle ♻️ test_tube 🧪 microscope 🔬 electric_plug 🔌 battery 🔋 moneybag 💰
`;

const words = TABLE.trim().split(/\s+/);
export const EMOJI = new Map();
for (let at = 0; at < words.length; at += 2) EMOJI.set(words[at], words[at + 1]);

/** The character for a short name, or null. A skin tone after the name is left out. */
export const emoji = (name) => EMOJI.get(name.split("::")[0]) ?? null;

/** What a fresh emoji picker offers first: the ones incident work uses. */
export const FAVOURITES = [
  "pushpin",
  "eyes",
  "white_check_mark",
  "+1",
  "tada",
  "pray",
  "fire",
  "rotating_light",
  "x",
  "question",
  "joy",
  "heart",
];
