"""Hands on a page: a mouse and keys."""


class Hands:
    """What a reader does; places are pixels of a picture. A subclass has `page`, `at(x, y)` and `press(x, y)`."""

    def pull(self, x, y, steps=1):
        self.page.mouse.move(*self.at(x, y), steps=steps)

    def drop(self):
        self.page.mouse.up()

    def drag(self, start, end, steps=5):
        self.press(*start)
        self.pull(*end, steps=steps)
        self.drop()

    def keys(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
