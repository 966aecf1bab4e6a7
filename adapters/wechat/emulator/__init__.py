"""The WeChat platform, emulated: for tests on port 0, and for trying the account without one. Knows nothing of the bot."""
