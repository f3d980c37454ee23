"""Somebody sitting at the page: what they type, click and see there, whatever the app is."""

import os
from pathlib import Path

from playwright.async_api import Locator, Page, expect

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PATIENCE = 5_000  # milliseconds; what is live arrives far sooner


class Seat:
    """A page in a browser, at which one is one person at a time."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    async def opens(self, person: str, place: str = "") -> None:
        """Load the page as the person of this id, at a channel's id or "home"."""
        await self.page.goto(f"{self.url}/#/{person}/{place}".rstrip("/"))
        await expect(self.page.locator("#main .conversation, #main .home")).to_be_visible(timeout=PATIENCE)

    # Going places

    async def becomes(self, first_name: str) -> None:
        """Use the switch on top; on a phone it is a menu."""
        face = self.page.locator(".face", has_text=first_name)
        if await face.is_visible():
            await face.click()
        else:
            await self.page.locator(".you-button").click()
            await self.page.get_by_role("menuitem").filter(has_text=first_name).click()
        await expect(self.page.locator(".face.mine")).to_contain_text(first_name)

    async def goes_to(self, name: str) -> None:
        """Click a channel, a person or the app in the sidebar."""
        drawer = self.page.locator(".top .only-narrow")
        if await drawer.is_visible():
            await drawer.click()
        await self.page.locator(".side-link", has_text=name).first.click()

    async def jumps_to(self, name: str) -> None:
        """Ctrl-K, a name, Enter."""
        await self.page.keyboard.press("Control+k")
        await self.page.keyboard.type(name)
        await self.page.keyboard.press("Enter")

    @property
    def box(self) -> Locator:
        return self.page.locator("#composer-main")

    async def types(self, text: str) -> None:
        """Type into the message box and press Enter, as one line typed at a keyboard."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def replies(self, text: str) -> None:
        """The same in the thread pane."""
        await self.page.locator("#composer-thread").fill(text)
        await self.page.locator("#composer-thread").press("Enter")

    # Seeing

    def message(self, text: str) -> Locator:
        """The newest message in the middle that contains the text."""
        return self.page.locator("#main .message", has_text=text).last

    async def sees(self, text: str) -> Locator:
        """Wait until a message in the middle contains the text."""
        found = self.message(text)
        await expect(found).to_be_visible(timeout=PATIENCE)
        return found

    async def sees_at_home(self, text: str) -> None:
        """Wait until the app's home tab contains the text."""
        await expect(self.page.locator("#main .home-body")).to_contain_text(text, timeout=PATIENCE)

    async def sees_in_thread(self, text: str) -> None:
        await expect(self.page.locator("#side .message", has_text=text).last).to_be_visible(timeout=PATIENCE)

    async def waits_for_badge(self, first_name: str) -> None:
        """Wait until the switch shows that something waits for somebody."""
        badge = self.page.locator(".face.waiting", has_text=first_name)
        await expect(badge).to_be_visible(timeout=PATIENCE)

    async def waits_for_anyone(self) -> str:
        """Wait until something waits for anybody else; their first name."""
        faces = self.page.locator(".face.waiting .face-name")
        await expect(faces.first).to_be_visible(timeout=PATIENCE)
        return await faces.first.inner_text()

    # Blocks

    async def clicks(self, text: str, within: Locator | None = None) -> None:
        """Click the newest button of this text."""
        scope = within or self.page.locator("#main")
        await scope.get_by_role("button", name=text, exact=True).last.click()

    async def confirms(self, text: str) -> None:
        await self.page.locator("dialog.confirm").get_by_role("button", name=text).click()

    async def chooses(self, label: str, option: str, within: Locator | None = None) -> None:
        """Open a select by its label or placeholder, filter for the option, press Enter."""
        scope = within or self.page.locator("#main")
        await scope.locator(f'.select[aria-label^="{label}"]').last.click()
        await self.page.get_by_role("combobox", name=f"Filter {label}").fill(option)
        await self.page.keyboard.press("Enter")

    @property
    def modal(self) -> Locator:
        return self.page.locator("dialog#modal")

    async def fills(self, label: str, text: str) -> None:
        """Fill a text field of the open modal."""
        await self.modal.get_by_label(label).fill(text)

    async def does(self, entry: str, to: str) -> None:
        """Pick an entry of the menu of the newest message that contains `to`."""
        row = self.message(to)
        await row.hover()
        await row.get_by_role("button", name="More for this message").click()
        await self.page.get_by_role("menuitem", name=entry).click()

    # Pictures

    async def pictures(self, name: str) -> None:
        """Save docs/images/NAME.png, when WATCHBILL_SCREENSHOTS=1 asks for pictures."""
        if os.environ.get("WATCHBILL_SCREENSHOTS") == "1":
            IMAGES.mkdir(parents=True, exist_ok=True)
            # What pops up for a moment, or under the pointer, would hide what the picture is about.
            await self.page.mouse.move(0, 0)
            style = "#toasts { display: none; }"
            await self.page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", style=style)
