/// How the approval page looks: the same on every page, so that its digest stands in the content policy.
package enum PageStyle {
    /// The content of the only `style` element.
    package static let text = """
        :root{color-scheme:light dark}
        """
}
