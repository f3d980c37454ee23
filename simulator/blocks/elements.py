"""Interactive elements: what each may hold, and where it may stand."""

from simulator.blocks.objects import (
    ACTION_ID,
    CHOICE,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    GROUP,
    MARKED_OPTION,
    OPTION,
    OVERFLOW_OPTION,
    SLACK_FILE,
    URL,
    plain,
)
from simulator.blocks.rich import rich_text
from simulator.blocks.shapes import (
    Check,
    anything,
    boolean,
    both,
    exactly_one,
    integer,
    listing,
    one_of,
    shape,
    string,
)

INPUT_LENGTH = 3000
MANY = integer(1, 100)


def _element(required: dict[str, Check], **optional: Check) -> Check:
    """An element: its type, an optional action_id, and these fields."""
    return shape({"type": anything, **required}, {"action_id": ACTION_ID, **optional})


def _select(**optional: Check) -> Check:
    return _element(
        {}, placeholder=plain(150), confirm=CONFIRM, focus_on_load=boolean, action_id=ACTION_ID, **optional
    )


def _offering(check: Check) -> Check:
    return both(check, both(exactly_one("options", "option_groups"), CHOICE))


BUTTON = _element(
    {"text": plain(75)},
    url=string(URL),
    value=string(2000, 0),
    style=one_of("primary", "danger"),
    confirm=CONFIRM,
    accessibility_label=string(75),
)

_TRIGGER = shape(
    {"url": string(URL)},
    {
        "customizable_input_parameters": listing(
            shape({"name": string(255), "value": string(INPUT_LENGTH)}), 0, 100
        )
    },
)
WORKFLOW_BUTTON = _element(
    {"text": plain(75), "workflow": shape({"trigger": _TRIGGER})},
    style=one_of("primary", "danger"),
    accessibility_label=string(75),
)

OVERFLOW = _element({"options": listing(OVERFLOW_OPTION, 2, 5)}, confirm=CONFIRM)

_OPTIONS = {"options": listing(OPTION, 1, 100), "option_groups": listing(GROUP, 1, 100)}

_CHOICES = {"options": listing(MARKED_OPTION, 1, 10)}

IMAGE = both(
    shape(
        {"type": anything, "alt_text": string(2000)},
        {"image_url": string(URL), "slack_file": SLACK_FILE},
    ),
    exactly_one("image_url", "slack_file"),
)

SELECTS: dict[str, Check] = {
    "static_select": _offering(_select(**_OPTIONS, initial_option=OPTION)),
    "external_select": _select(initial_option=OPTION, min_query_length=integer(0, 1000)),
    "users_select": _select(initial_user=string(255)),
    "conversations_select": _select(
        initial_conversation=string(255),
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=CONVERSATION_FILTER,
    ),
    "channels_select": _select(initial_channel=string(255), response_url_enabled=boolean),
    "multi_static_select": _offering(
        _select(**_OPTIONS, initial_options=listing(OPTION, 1, 100), max_selected_items=MANY)
    ),
    "multi_external_select": _select(
        initial_options=listing(OPTION, 1, 100),
        min_query_length=integer(0, 1000),
        max_selected_items=MANY,
    ),
    "multi_users_select": _select(initial_users=listing(string(255), 0, 100), max_selected_items=MANY),
    "multi_conversations_select": _select(
        initial_conversations=listing(string(255), 0, 100),
        default_to_current_conversation=boolean,
        max_selected_items=MANY,
        filter=CONVERSATION_FILTER,
    ),
    "multi_channels_select": _select(initial_channels=listing(string(255), 0, 100), max_selected_items=MANY),
}

CHOOSERS: dict[str, Check] = {
    "radio_buttons": both(
        _element(_CHOICES, initial_option=MARKED_OPTION, confirm=CONFIRM, focus_on_load=boolean), CHOICE
    ),
    "checkboxes": both(
        _element(
            _CHOICES,
            initial_options=listing(MARKED_OPTION, 1, 10),
            confirm=CONFIRM,
            focus_on_load=boolean,
        ),
        CHOICE,
    ),
    "datepicker": _select(initial_date=string(10)),
    "timepicker": _select(initial_time=string(5), timezone=string(255)),
    "datetimepicker": _element(
        {}, initial_date_time=integer(0, 9_999_999_999), confirm=CONFIRM, focus_on_load=boolean
    ),
}


def _typed(**optional: Check) -> Check:
    return _element(
        {},
        placeholder=plain(150),
        initial_value=string(INPUT_LENGTH, 0),
        dispatch_action_config=DISPATCH,
        focus_on_load=boolean,
        **optional,
    )


INPUTS: dict[str, Check] = {
    "plain_text_input": _typed(
        multiline=boolean, min_length=integer(0, INPUT_LENGTH), max_length=integer(1, INPUT_LENGTH)
    ),
    "email_text_input": _typed(),
    "url_text_input": _typed(),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        placeholder=plain(150),
        initial_value=string(255),
        min_value=string(255),
        max_value=string(255),
        dispatch_action_config=DISPATCH,
        focus_on_load=boolean,
    ),
    "rich_text_input": _element(
        {},
        placeholder=plain(150),
        initial_value=rich_text,
        dispatch_action_config=DISPATCH,
        focus_on_load=boolean,
        min_lines=integer(1, 100),
        max_lines=integer(1, 100),
    ),
    "file_input": _element({}, filetypes=listing(string(255), 1, 100), max_files=integer(1, 10)),
}

# Where each may stand.
IN_ACTIONS: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": WORKFLOW_BUTTON,
    "overflow": OVERFLOW,
    **SELECTS,
    **CHOOSERS,
}
IN_SECTION: dict[str, Check] = {**IN_ACTIONS, "image": IMAGE}
IN_INPUT: dict[str, Check] = {**SELECTS, **CHOOSERS, **INPUTS}
