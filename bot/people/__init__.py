"""Who is who: the playbook's names and Slack's ids."""
