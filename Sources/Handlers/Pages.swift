import AWSClient

/// Every element of a list that AWS answers in pages.
///
/// - Parameters:
///   - service: the service's id, for errors.
///   - operation: the operation's name, for errors.
///   - page: asks for the page that a token names; `nil` for the first.
func everyPage<Element>(
    _ service: AWSService,
    _ operation: String,
    _ page: (_ token: String?) async throws(AWSError) -> (elements: [Element], nextToken: String?)
) async throws(AWSError) -> [Element] {
    var elements: [Element] = []
    var token: String?
    var seen: Set<String> = []
    repeat {
        let answer = try await page(token)
        elements += answer.elements
        // An endless list must neither hide an element nor hold us until the deadline.
        if let next = answer.nextToken, !seen.insert(next).inserted {
            throw AWSError(
                kind: .unavailable,
                service: service.id,
                operation: operation,
                message: "the answer names a page as the next one that was read before"
            )
        }
        token = answer.nextToken
    } while token != nil
    return elements
}
