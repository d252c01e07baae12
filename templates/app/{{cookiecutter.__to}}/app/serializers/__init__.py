"""How models are shown in answers."""
