import Basics

extension PreparedCall {
    /// What an answer that says no means.
    ///
    /// A code is believed when the body reads as an error of the service's own protocol, or when it means no more than
    /// that the call failed: what stands in the service's place must not make anything seem gone or refused.
    ///
    /// - Parameters:
    ///   - signedOffset: what this try took the services' clock to be ahead by.
    ///   - withheld: what the error must not show.
    func failure(
        answer response: WireResponse,
        core: ClientCore,
        signedOffset: Int64,
        withheld: Withheld
    ) -> AWSClient.Failure {
        let said = ErrorAnswer(response)
        let code = said.code.flatMap {
            said.form == request.errorForm || ErrorCodes.isFailureAlone($0) ? withheld.text($0) : nil
        }
        let kind = ErrorCodes.kind(code: code, status: response.status, reasons: said.cancellationReasons)
        var error = AWSError(
            kind: kind,
            service: service.id,
            operation: operation,
            code: code,
            message: words(said, code: code, kind: kind, status: response.status, withheld: withheld),
            status: response.status,
            awsRequestID: said.requestID.map(withheld.text),
            outcomeUnknown: isWrite && kind == .unavailable
        )
        error.resourceType = said.resourceType?.printable(limit: 100)
        error.cancellationReasons = said.cancellationReasons
        let retryAfter = RetryAfter.wait(in: response.headers)
        if let code, ErrorCodes.expiredCredentials.contains(code) {
            return AWSClient.Failure(error: error, retry: .expiredCredentials)
        }
        // By the whole message, of which the error may hold only the beginning.
        if let code, ErrorCodes.meansClockSkew(code: code, message: said.message ?? ""),
            core.correctClock(by: response.headers, signedOffset: signedOffset)
        {
            return AWSClient.Failure(error: error, retry: .clockSkew)
        }
        switch kind {
        case .throttled: return AWSClient.Failure(error: error, retry: .throttled(retryAfter: retryAfter))
        case .unavailable: return AWSClient.Failure(error: error, retry: .transient(retryAfter: retryAfter))
        default: return AWSClient.Failure(error: error, retry: .final)
        }
    }

    private func words(
        _ said: ErrorAnswer,
        code: String?,
        kind: AWSError.Kind,
        status: Int,
        withheld: Withheld
    ) -> String {
        let message = said.message.map { withheld.message($0, code: code) } ?? ""
        if [404, 410].contains(status), kind != .notFound {
            // Nothing there that a service would have: something else answers.
            let hint =
                "what answers at \(endpoint.url.authority) is not \(service.id) as it is known: see to "
                + "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_\(service.settingSuffix) and what is in between"
            return message.isEmpty ? hint : "\(message); \(hint)"
        }
        return message.isEmpty && code == nil ? "the answer says nothing but its status" : message
    }

    /// What a successful answer that cannot be read means: it was done, but we do not know what.
    func failure(unreadable error: AWSError) -> AWSClient.Failure {
        var error = error.named(service: service.id, operation: operation)
        guard error.kind == .unavailable else { return AWSClient.Failure(error: error, retry: .final) }
        error.outcomeUnknown = isWrite
        return AWSClient.Failure(error: error, retry: .transient(retryAfter: nil))
    }

    /// What an exchange without an answer means.
    func failure(
        transport error: TransportError,
        deadlineIsCallers: Bool,
        withheld: Withheld
    ) -> AWSClient.Failure {
        func failed(_ kind: AWSError.Kind, _ retry: RetryState.Failure) -> AWSClient.Failure {
            let made = AWSError(
                kind: kind,
                service: service.id,
                operation: operation,
                message: error.reason == .tooLarge
                    ? "the answer is larger than \(AWSClient.bodyLimit >> 20) MiB" : withheld.text(error.message),
                outcomeUnknown: isWrite && error.mayHaveBeenSent
            )
            return AWSClient.Failure(error: made, retry: retry)
        }
        switch error.reason {
        case .cancelled: return failed(.cancelled, .final)
        case .untrusted: return failed(.unavailable, .final)
        case .noTrustRoots, .certificateOutOfDate: return failed(.configuration, .final)
        case .noDescriptors: return failed(.unavailable, .notSent)
        case .tooLarge: return failed(.unavailable, .final)
        case .timedOut where deadlineIsCallers: return failed(.deadlineExceeded, .final)
        case .timedOut: return failed(.unavailable, error.mayHaveBeenSent ? .timedOut : .notSent)
        case .notConnected: return failed(.unavailable, .notSent)
        case .closedBeforeAnswer: return failed(.unavailable, .closed(mayHaveBeenSent: error.mayHaveBeenSent))
        case .brokenAnswer: return failed(.unavailable, .transient(retryAfter: nil))
        }
    }
}
