package import AWSClient

extension AWSCaller {
    /// Every element of a list that AWS answers in pages.
    ///
    /// - Parameters:
    ///   - operation: the operation that lists, for errors.
    ///   - page: asks for the page that a token names; `nil` for the first.
    package func everyPage<Operation: AWSOperation, Element>(
        of operation: Operation.Type,
        _ page: (_ token: String?) async throws(AWSError) -> (elements: [Element], nextToken: String?)
    ) async throws(AWSError) -> [Element] {
        var elements: [Element] = []
        var token: String?
        var seen: Set<String> = []
        repeat {
            let output = try await page(token)
            elements += output.elements
            // An endless list must neither hide an element nor hold us until the deadline.
            if let next = output.nextToken, !seen.insert(next).inserted {
                throw AWSError(
                    kind: .unavailable,
                    service: Operation.service.id,
                    operation: Operation.name,
                    message: "the answer names a page as the next one that was read before"
                )
            }
            token = output.nextToken
        } while token != nil
        return elements
    }
}
