"""The WeChat official account: pushes in, replies and calls of the platform's API out."""
