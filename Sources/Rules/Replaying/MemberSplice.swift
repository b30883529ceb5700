import LosslessJSON

/// Sets a member of the object that a text holds by writing around its value: all other bytes stay as they are.
///
/// Equals reading the text, setting the member and writing the object, but for white space and spelling.
package struct MemberSplice {
    /// The text: one JSON object, which has been read.
    package let text: UnsafeBufferPointer<UInt8>
    /// Where the member's value stands in the text, as `JSON.parse(_:locating:)` says; `nil` when there is none.
    package let place: Range<Int>?
    /// Whether the object has no member at all.
    package let isEmpty: Bool

    package init(text: UnsafeBufferPointer<UInt8>, place: Range<Int>?, isEmpty: Bool) {
        self.text = text
        self.place = place
        self.isEmpty = isEmpty
    }

    /// Appends the text with `value` as the member's value. A member that was not there comes last.
    package func write(key: StaticString, value: (inout [UInt8]) -> Void, into output: inout [UInt8]) {
        if let place {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<place.lowerBound]))
            value(&output)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[place.upperBound...]))
            return
        }
        // The text was read, so its last brace closes the object.
        let end = text.lastIndex(of: UInt8(ascii: "}")) ?? text.endIndex
        output.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<end]))
        if !isEmpty { output.append(UInt8(ascii: ",")) }
        output.append(UInt8(ascii: "\""))
        output.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        output.append(UInt8(ascii: "\""))
        output.append(UInt8(ascii: ":"))
        value(&output)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: text[end...]))
    }
}
