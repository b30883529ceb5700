import AWSOperations

/// What a resource's tags say about changing it.
enum TagVerdict: Equatable {
    case free
    case exempt(String)
    case protected(String)

    /// - Parameter tags: `nil` where they could not be read: no change is the safe side.
    init(_ tags: [Tag]?, _ settings: Settings) {
        guard let tags else {
            self = .exempt("its tags cannot be read, so it may be exempt")
            return
        }
        if tags.contains(where: { $0.key == "gatehouse:component" }) {
            self = .protected("it is tagged gatehouse:component, so it is a part of Gatehouse")
            return
        }
        if let owner = tags.first(where: { $0.key == Tag.owningService }) {
            self = .protected("it belongs to the service \(owner.value)")
            return
        }
        let wanted = settings.exemptTag
        guard let tag = tags.first(where: { $0.key == wanted.key && (wanted.value == nil || $0.value == wanted.value) })
        else {
            self = .free
            return
        }
        self = .exempt("it is tagged \(tag.key)" + (tag.value.isEmpty ? "" : "=\(tag.value)"))
    }
}
