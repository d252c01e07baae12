"""What a developer of Tight runs; nothing of it is published."""
