package import Basics

extension Partition {
    /// The domain of the partition's IPv4 endpoints.
    package var dnsSuffix: String {
        switch self {
        case .aws, .usGovernment: "amazonaws.com"
        case .china: "amazonaws.com.cn"
        }
    }

    /// The domain of the partition's dual-stack endpoints.
    package var dualStackDNSSuffix: String {
        switch self {
        case .aws, .usGovernment: "api.aws"
        case .china: "api.amazonwebservices.com.cn"
        }
    }

    /// The region that global services are signed for.
    package var globalRegion: Region {
        Region(known: globalRegionName, partition: self)
    }
}

/// A region's name and its partition.
package struct Region: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is not the name of a region that we serve.
    package struct Invalid: Error {
        /// In words.
        package let message: String
    }

    /// The name as AWS writes it, such as `eu-central-1`: safe inside a host name.
    package let name: String
    /// The partition by the name's prefix.
    package let partition: Partition

    /// A region by name. New regions need no new version: the prefix says the partition.
    ///
    /// Throws for what cannot be a label of a host name, and for partitions that we do not serve.
    package init(_ name: String) throws(Invalid) {
        guard Region.isLabel(name), name.utf8.contains(UInt8(ascii: "-")) else {
            throw Invalid(message: "'\(name.printable(limit: 2048))' is not the name of a region such as us-east-1")
        }
        if name.hasPrefix("us-iso") || name.hasPrefix("eu-iso") || name.hasPrefix("eusc-") {
            throw Invalid(
                message: "region \(name) is in a partition that is not supported: use aws, aws-cn or aws-us-gov"
            )
        }
        self.name = name
        if name.hasPrefix("cn-") {
            partition = .china
        } else if name.hasPrefix("us-gov-") {
            partition = .usGovernment
        } else {
            partition = .aws
        }
    }

    init(known name: String, partition: Partition) {
        self.name = name
        self.partition = partition
    }

    /// The name.
    package var description: String { name }

    /// Lower-case letters, digits and inner hyphens, at most 40 of them.
    private static func isLabel(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...40).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
            return false
        }
        return bytes.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
    }
}
