"""Compare two editions of a spec by what they mean for those who use the client."""
