"""What an element looks like must not depend on the order in which widgets bring their style sheets."""

from playwright.sync_api import Page

from emviz.page import static

CHANGED = """(sheets) => {
    const all = [...document.querySelectorAll(".emviz, .emviz *")];
    const looks = () => all.map((element) => Object.fromEntries(
        [...getComputedStyle(element)].map((name, _, style) => [name, getComputedStyle(element)[name]])));
    const before = looks();
    const sheet = document.createElement("style");
    sheet.textContent = sheets;
    document.head.append(sheet);
    const after = looks();
    sheet.remove();
    return all.filter((_, i) => Object.keys(after[i]).some((name) => after[i][name] !== before[i][name]))
        .map((element) => `${element.tagName} ${element.getAttribute("class") ?? ""}`);
}"""


def changed_by(page: Page, *names: str) -> list[str]:
    """The elements that look different once these sheets are loaded behind all others."""
    return page.evaluate(CHANGED, "\n".join(map(static, names)))
