/// One page of the approval site, as a whole document.
struct Page {
    let html: String

    /// - Parameters:
    ///   - title: what the tab and a screen reader say first.
    ///   - main: what stands in the middle, with its heading.
    init(title: String, main: HTML) {
        var page = HTML()
        page.add(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            """
        )
        page.add("title", title + " - Gatehouse")
        page.add("<style>")
        page.add(ours: PageStyle.text)
        page.add("</style></head><body><main>")
        page.add(main)
        page.add("</main></body></html>\n")
        html = page.text
    }
}
