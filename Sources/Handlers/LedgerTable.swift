package import AWSClient
import Basics
import Policies

/// The table that a ledger is in.
package struct LedgerTable: Sendable, Equatable {
    /// Its name or its ARN, as DynamoDB takes it.
    package let name: String
    /// The region that the ARN says; `nil` for our own.
    package let region: Region?

    /// `nil` for what is neither the name nor the ARN of a table.
    init?(_ text: String) {
        name = text
        guard text.hasPrefix("arn:") else {
            region = nil
            guard Self.isName(text) else { return nil }
            return
        }
        guard let arn = ARN(text), arn.service == "dynamodb", arn.account.isAccountID,
            let region = try? Region(arn.region), arn.resource.hasPrefix("table/"),
            Self.isName(String(arn.resource.dropFirst("table/".count)))
        else { return nil }
        self.region = region
    }

    /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    private static func isName(_ text: String) -> Bool {
        (3...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte.isDigitASCII || byte.isLowercaseASCII || (0x41...0x5A).contains(byte)
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
    }
}
