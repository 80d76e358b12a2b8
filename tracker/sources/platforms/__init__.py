"""Sources that ask a platform's API: one file a platform, and what they share."""
