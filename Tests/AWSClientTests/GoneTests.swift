import AWSClient
import Testing

/// Only a service's own error says that something is not there.
@Suite struct GoneTests {
    private func errors(_ status: Int, _ body: String, _ headers: WireHeaders = [:]) async throws -> [AWSError] {
        let client = try client(
            port: 1,
            environment: ["AWS_MAX_ATTEMPTS": "1"],
            transport: ScriptedTransport.answering(status, body, headers)
        )
        return [await failure(of: ReadThing(), client), await failure(of: WriteThing(), client)].compactMap { $0 }
    }

    @Test(
        arguments: [404, 410],
        [
            "", "Not Found", "<html><head><title>404 Not Found</title></head><body>nginx</body></html>",
            "<!DOCTYPE html><html><body>404</body></html>", "[]", "404", "\"NoSuchEntity\"",
        ]
    )
    func aBareStatusIsAnOutage(_ status: Int, _ body: String) async throws {
        for headers in [[:], ["content-type": "text/html"], ["x-amzn-ErrorType": "ResourceNotFoundException"]]
            as [WireHeaders]
        {
            let errors = try await errors(status, body, headers)
            #expect(errors.map(\.kind) == [.unavailable, .unavailable])
            #expect(errors.map(\.code) == [nil, nil])
            // Whether something in between passed the write on is not known.
            #expect(errors.map(\.outcomeUnknown) == [false, true])
            for error in errors {
                #expect(error.message.contains("what answers at 127.0.0.1:1 is not Thing Store as it is known"))
                #expect(error.message.contains("AWS_ENDPOINT_URL_THING_STORE"))
            }
        }
    }

    @Test func anErrorInTheFormOfAnotherProtocolIsNobodysWord() async throws {
        let xml = try await errors(404, "<Error><Code>NoSuchEntity</Code><Message>m</Message></Error>")
        #expect(xml.map(\.kind) == [.unavailable, .notFound])
        let json = try await errors(404, #"{"__type":"NoSuchEntity","message":"m"}"#)
        #expect(json.map(\.kind) == [.notFound, .unavailable])
        // What only means a failure is believed in any form.
        let denied = try await errors(400, "<Error><Code>AccessDenied</Code><Message>m</Message></Error>")
        #expect(denied.map(\.kind) == [.accessDenied, .accessDenied])
    }

    @Test func anUnknownOperationIsNoMissingThing() async throws {
        let body = #"{"message":"Unknown operation"}"#
        let errors = try await errors(404, body, ["x-amzn-ErrorType": "UnknownOperationException"])
        #expect(errors.first?.kind == .rejected)
        #expect(errors.first?.code == "UnknownOperationException")
        #expect(errors.first?.message.contains("AWS_ENDPOINT_URL_THING_STORE") == true)
    }

    @Test func theServicesOwnErrorIsForItsOwnOperationAlone() async throws {
        let body = #"{"message":"no such thing","resourceId":"x","resourceType":"thing"}"#
        let errors = try await errors(404, body, ["x-amzn-ErrorType": "ResourceNotFoundException"])
        let error = try #require(errors.first)
        #expect(error.kind == .notFound)
        #expect(error.message == "no such thing")
        #expect(error.isAnswer("ResourceNotFoundException", to: ReadThing.self))
        #expect(!error.isAnswer("ResourceNotFoundException", to: WriteThing.self))
        #expect(!error.isAnswer("NoSuchEntity", to: ReadThing.self))
    }

    @Test(arguments: [404, 410, 301]) func theContainersHostKnowsNoMissingThings(_ status: Int) async throws {
        let provider = DefaultCredentials(
            environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/creds"],
            transport: ScriptedTransport.answering(status, #"{"code":"ResourceNotFoundException","message":"m"}"#)
        )
        let error = await #expect(throws: AWSError.self) {
            try await provider.credentials(for: CredentialsRequest(logger: .silent))
        }
        #expect(error?.kind == (status == 301 ? .rejected : .unavailable))
    }
}
