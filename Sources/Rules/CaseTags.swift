import Basics
package import Findings

/// What a case's tags say, by the words that the score goes by.
package struct CaseTags {
    /// The tag that calls the data sensitive, `key=value`; `nil` where none does.
    package let sensitive: String?
    /// `production`, or what the stage is called that is something less; `nil` where no tag says it.
    package let stage: String?
    /// Whether the resource's tags are known at all.
    package let isKnown: Bool

    package init(_ input: Case) {
        let view = CaseView(input)
        var meanings = TagMeanings()
        if let own = view.tags { meanings.read(own) }
        if let account = view.accountTags { meanings.readProduction(account) }
        sensitive = meanings.sensitive.map { "\($0.key.printable(limit: 60))=\($0.value.printable(limit: 60))" }
        stage = meanings.production != nil ? "production" : meanings.harmless.map { $0.value.printable(limit: 40) }
        isKnown = view.tags != nil && !view.gaps.holds("tags")
    }
}
