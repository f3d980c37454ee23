"""What went wrong, in words for people."""

_SENTENCES = {
    "operation_timeout": "The app did not answer within three seconds.",
    "dispatch_failed": "The app is not connected.",
    "unknown_command": "There is no such command in this workspace.",
    "not_in_thread": "Commands cannot be used in threads.",
    "not_in_channel": "You are not in this channel.",
    "channel_not_found": "There is no such channel.",
    "message_not_found": "This message is gone.",
    "is_archived": "This channel is archived.",
    "name_taken": "A channel of this name exists already.",
    "invalid_name_specials": "Channel names have lower-case letters, digits, hyphens and underscores only.",
    "invalid_name_required": "The channel needs a name.",
    "invalid_name_maxlength": "Channel names have at most 80 characters.",
    "already_reacted": "You have reacted with this already.",
    "already_pinned": "This is pinned already.",
    "no_pin": "This is not pinned.",
    "no_reaction": "You have not reacted with this.",
    "cant_update_message": "You can edit your own messages only.",
    "cant_delete_message": "You can delete your own messages only.",
    "cant_leave_general": "Nobody can leave this channel.",
    "not_found": "This is not open any more.",
    "invalid_action": "This is not there any more.",
    "no_text": "There is nothing to send.",
}


def sentence(code: str, detail: str = "") -> str:
    """The sentence for an error code; `detail` is what the app did wrong, where that is known."""
    if code in ("invalid_command_response", "invalid_view_response"):
        return f"The app gave an answer that cannot be shown: {detail}"
    return _SENTENCES.get(code) or detail or f"That did not work ({code})."
