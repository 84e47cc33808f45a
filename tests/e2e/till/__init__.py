"""The till in a real browser, over a real node, broker and headquarters."""
