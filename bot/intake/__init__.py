"""Requests that were carried out already: Slack may deliver one twice."""
