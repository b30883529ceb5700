extension PreparedCall {
    /// What an answer that says no means.
    func failure(answer response: WireResponse, core: ClientCore) -> AWSClient.Failure {
        let said = ErrorAnswer(response)
        let kind = ErrorCodes.kind(code: said.code, status: response.status)
        let error = AWSError(
            kind: kind,
            service: service.id,
            operation: operation,
            code: said.code,
            message: said.message ?? (said.code == nil ? "the answer says nothing but its status" : ""),
            status: response.status,
            awsRequestID: said.requestID,
            outcomeUnknown: isWrite && kind == .unavailable
        )
        let retryAfter = RetryAfter.wait(in: response.headers)
        let code = said.code ?? ""
        if ErrorCodes.expiredCredentials.contains(code) {
            return AWSClient.Failure(error: error, retry: .expiredCredentials)
        }
        if ErrorCodes.meansClockSkew(code: code, message: error.message), core.correctClock(by: response.headers) {
            return AWSClient.Failure(error: error, retry: .clockSkew)
        }
        switch kind {
        case .throttled: return AWSClient.Failure(error: error, retry: .throttled(retryAfter: retryAfter))
        case .unavailable: return AWSClient.Failure(error: error, retry: .transient(retryAfter: retryAfter))
        default: return AWSClient.Failure(error: error, retry: .final)
        }
    }

    /// What a successful answer that cannot be read means: it was done, but we do not know what.
    func failure(unreadable error: AWSError) -> AWSClient.Failure {
        var error = error.named(service: service.id, operation: operation)
        guard error.kind == .unavailable else { return AWSClient.Failure(error: error, retry: .final) }
        error.outcomeUnknown = isWrite
        return AWSClient.Failure(error: error, retry: .transient(retryAfter: nil))
    }

    /// What an exchange without an answer means.
    func failure(transport error: TransportError, deadlineIsCallers: Bool) -> AWSClient.Failure {
        func failed(_ kind: AWSError.Kind, _ retry: RetryState.Failure) -> AWSClient.Failure {
            let made = AWSError(
                kind: kind,
                service: service.id,
                operation: operation,
                message: error.reason == .tooLarge
                    ? "the answer is larger than \(AWSClient.bodyLimit >> 20) MiB" : error.message,
                outcomeUnknown: isWrite && error.mayHaveBeenSent
            )
            return AWSClient.Failure(error: made, retry: retry)
        }
        switch error.reason {
        case .cancelled: return failed(.cancelled, .final)
        case .untrusted: return failed(.unavailable, .final)
        case .noTrustRoots: return failed(.configuration, .final)
        case .tooLarge: return failed(.unavailable, .final)
        case .timedOut where deadlineIsCallers: return failed(.deadlineExceeded, .final)
        case .timedOut: return failed(.unavailable, error.mayHaveBeenSent ? .timedOut : .notSent)
        case .notConnected: return failed(.unavailable, .notSent)
        case .closedBeforeAnswer: return failed(.unavailable, .closed(mayHaveBeenSent: error.mayHaveBeenSent))
        case .brokenAnswer: return failed(.unavailable, .transient(retryAfter: nil))
        }
    }
}
