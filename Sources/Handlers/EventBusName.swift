package import AWSClient
import Basics
import Policies

/// An EventBridge bus.
package struct EventBusName: Sendable, Equatable {
    /// Its name or its ARN, as EventBridge takes it.
    package let name: String
    /// The region that the ARN says; `nil` for our own.
    package let region: Region?

    /// `nil` for what is neither the name nor the ARN of a bus.
    ///
    /// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
    init?(_ text: String) {
        name = text
        guard text.hasPrefix("arn:") else {
            region = nil
            guard Self.isName(text[...]) else { return nil }
            return
        }
        guard let arn = ARN(text), arn.service == "events", arn.account.isAccountID,
            let region = try? Region(arn.region), arn.resource.hasPrefix("event-bus/"),
            Self.isName(arn.resource.dropFirst("event-bus/".count))
        else { return nil }
        self.region = region
    }

    private static func isName(_ text: Substring) -> Bool {
        (1...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isDigitASCII || $0.isLetterASCII || "._-/".utf8.contains($0) }
    }
}
