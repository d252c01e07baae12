"""Ratios against a bare handler and against peers, measured side by side in one run; see README.md."""
