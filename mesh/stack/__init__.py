"""The embedded stack: every server that Souk needs, started from wheels as ordinary processes under one supervisor."""
