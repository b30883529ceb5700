/// One page of the approval site, as a whole document.
struct Page {
    let html: String

    /// - Parameters:
    ///   - title: what a tab and a screen reader say first.
    ///   - body: what stands between the style and the foot.
    init(title: String, body: HTML) {
        var page = HTML()
        page.add(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">

            """
        )
        page.add("title", "\(title) - Gatehouse")
        page.add(
            """
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex, nofollow">
            <style>
            """
        )
        page.add(trusted: PageStyle.text)
        page.add("</style>\n</head>\n<body>\n")
        page.add(trusted: body.text)
        page.add(
            """
            <footer>
            <p>Gatehouse answers IAM Access Analyzer findings.</p>
            </footer>
            </body>
            </html>

            """
        )
        html = page.text
    }
}
