"""What feeds functions other than callers: event source mappings as Lambda's, over what runs on this machine."""
