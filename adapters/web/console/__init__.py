"""The staff's console at /console: server-rendered pages over the ports of bot.staff. app.py says how to add a page."""
