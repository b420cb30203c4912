"""Pages for people: the report of a run, a picture of a product on the sky, and the rule tables.

Every page is one file that needs no network. What comes from data is escaped, and steers nothing.
"""
