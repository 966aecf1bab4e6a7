"""The bot on the web: the chat API, its pages, and what machines watch."""
