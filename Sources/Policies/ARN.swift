/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
package struct ARN: Sendable, Hashable, CustomStringConvertible {
    /// `aws`, `aws-cn`, `aws-us-gov` or another of AWS's partitions.
    package let partition: String
    /// The service's name space, such as `iam`.
    package let service: String
    /// The region; empty for global services and S3 buckets.
    package let region: String
    /// Twelve digits; empty where the service leaves it out.
    package let account: String
    /// What is left, with any further colons and slashes.
    package let resource: String

    /// Reads an ARN; `nil` for anything that is none, and for white space or control characters anywhere.
    package init?(_ text: String) {
        var text = text
        let parts: [String]? = text.withUTF8 { bytes in
            // Visible ASCII, or text beyond it that is neither white space nor a control character.
            guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) || isVisible(bytes) else { return nil }
            var parts: [String] = []
            parts.reserveCapacity(6)
            var start = 0
            while parts.count < 5 {
                guard let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
                parts.append(String(decoding: bytes[start..<colon], as: UTF8.self))
                start = colon + 1
            }
            parts.append(String(decoding: bytes[start...], as: UTF8.self))
            return parts
        }
        guard let parts, parts[0] == "arn", parts[1].hasPrefix("aws"), !parts[2].isEmpty, !parts[5].isEmpty,
            parts[1].utf8.allSatisfy(isNameByte), parts[2].utf8.allSatisfy(isNameByte),
            parts[3].utf8.allSatisfy(isNameByte),
            parts[4].isEmpty || parts[4] == "aws" || isAccountID(parts[4])
        else { return nil }
        partition = parts[1]
        service = parts[2]
        region = parts[3]
        account = parts[4]
        resource = parts[5]
    }

    /// The ARN as written.
    package var description: String {
        "arn:\(partition):\(service):\(region):\(account):\(resource)"
    }
}

/// The ARN of an IAM role, taken apart: `arn:partition:iam::account:role/path/name`.
package struct RoleARN: Sendable, Hashable, CustomStringConvertible {
    /// The partition, such as `aws-cn`.
    package let partition: String
    /// Twelve digits.
    package let account: String
    /// `/`, or a path such as `/service-role/`.
    package let path: String
    /// The role's name, unique in its account whatever the path.
    package let name: String

    /// Reads a legal role ARN; `nil` for anything else.
    ///
    /// Names are 1 to 64 of `A-Za-z0-9+=,.@_-`, paths at most 512 printable ASCII characters.
    /// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
    package init?(_ text: String) {
        guard let arn = ARN(text) else { return nil }
        self.init(arn)
    }

    /// Takes a role's ARN apart; `nil` for any other ARN.
    package init?(_ arn: ARN) {
        guard arn.service == "iam", arn.region.isEmpty, isAccountID(arn.account),
            arn.resource.hasPrefix("role/"), let slash = arn.resource.utf8.lastIndex(of: UInt8(ascii: "/"))
        else { return nil }
        let name = arn.resource[arn.resource.utf8.index(after: slash)...]
        let path = arn.resource.dropFirst("role".count)[...slash]
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(isIAMNameByte), path.utf8.count <= 512,
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        partition = arn.partition
        account = arn.account
        self.path = String(path)
        self.name = String(name)
    }

    /// The ARN as written.
    package var description: String {
        "arn:\(partition):iam::\(account):role\(path)\(name)"
    }
}

/// Whether the text is an AWS account id: twelve ASCII digits.
package func isAccountID(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy(isDigit)
}

func isDigit(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10
}

func isLowerLetter(_ byte: UInt8) -> Bool {
    byte &- 0x61 < 26
}

/// Lower-case letters, digits and hyphens.
private func isNameByte(_ byte: UInt8) -> Bool {
    isLowerLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-")
}

private func isVisible(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy {
        $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace
    }
}

func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26
}

private func isIAMNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || "+=,.@_-".utf8.contains(byte)
}

/// ASCII letters made small: IAM compares action names and condition keys without regard to case.
func lowercasedASCII(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 &- 0x41 < 26 }) else { return text }
    return String(decoding: text.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
}
