import AWSClient
import Basics
import Synchronization
import TestSupport
import Testing

@Suite struct CredentialsTests {
    private let request = CredentialsRequest(logger: .silent)

    private func failure(_ provider: some CredentialsProvider) async -> AWSError? {
        do throws(AWSError) {
            _ = try await provider.credentials(for: request)
            return nil
        } catch {
            return error
        }
    }

    @Test func theEnvironmentIsRead() async throws {
        let environment: EnvironmentVariables = [
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T",
        ]
        let credentials = try await EnvironmentCredentials(environment: environment).credentials(for: request)
        #expect(credentials == Credentials(accessKeyID: "A", secretAccessKey: "S", sessionToken: "T"))
    }

    @Test(
        arguments: [
            ([:], "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
            (["AWS_ACCESS_KEY_ID": "A"], "without AWS_SECRET_ACCESS_KEY"),
            (["AWS_SECRET_ACCESS_KEY": "S", "AWS_ACCESS_KEY_ID": ""], "without AWS_ACCESS_KEY_ID"),
            (
                ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T\r\nx: y"],
                "control character"
            ),
        ] as [(EnvironmentVariables, String)]
    )
    func whatIsMissingInTheEnvironmentIsNamed(_ environment: EnvironmentVariables, _ hint: String) async {
        for provider in [
            EnvironmentCredentials(environment: environment) as any CredentialsProvider,
            DefaultCredentials(environment: environment, transport: NetworkTransport()),
        ] {
            let error = await failure(AnyProvider(provider))
            #expect(error?.kind == .configuration)
            #expect(error?.message.contains(hint) == true)
            #expect(error?.message.contains("S\"") == false)
        }
    }

    @Test func credentialsPrintNoSecret() {
        let credentials = Credentials(accessKeyID: "AKID", secretAccessKey: "hush", sessionToken: "hush-token")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in [
            "\(credentials)", String(reflecting: credentials), dumped, "\([credentials])",
            "\(StaticCredentials(credentials))",
        ] {
            #expect(!text.contains("hush"))
        }
    }

    @Test func onlyOneFetchRunsAtATime() async throws {
        let (counting, gate, executor) = (CountingCredentials(), Gate(), SteppingExecutor())
        let cache = CachingCredentials { _ throws(AWSError) in
            let credentials = counting.next()
            await gate.pass()
            return credentials
        }
        let tasks = (0..<50).map { _ in
            Task(executorPreference: executor) { try await cache.credentials(for: request).sessionToken }
        }
        executor.runUntilIdle()
        // One fetches and 49 wait for it.
        #expect(counting.fetches == 1)
        gate.open()
        executor.release()
        for task in tasks { #expect(try await task.value == "1") }
        #expect(counting.fetches == 1)
    }

    @Test func aWaiterOutlivesTheFetchersCancellation() async throws {
        let (counting, executor) = (CountingCredentials(), SteppingExecutor())
        let isFirst = Mutex(true)
        let cache = CachingCredentials { _ throws(AWSError) in
            let waits = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if waits {
                do { try await Task.sleep(for: .seconds(600)) } catch { throw AWSError(kind: .cancelled, message: "x") }
            }
            return counting.next()
        }
        let first = Task(executorPreference: executor) { await failure(cache) }
        let second = Task(executorPreference: executor) { try await cache.credentials(for: request) }
        let third = Task(executorPreference: executor) { await failure(cache) }
        // The first fetches, the others wait for it.
        executor.runUntilIdle()
        #expect(!isFirst.withLock { $0 })
        executor.release()
        third.cancel()
        #expect(await third.value?.kind == .cancelled)
        first.cancel()
        #expect(await first.value?.kind == .cancelled)
        #expect(try await second.value.sessionToken == "1")
    }

    @Test func refusedCredentialsAreReplaced() async throws {
        let counting = CountingCredentials()
        let cache = CachingCredentials { _ throws(AWSError) in counting.next() }
        var again = request
        again.refused = try await cache.credentials(for: request)
        #expect(try await cache.credentials(for: again).sessionToken == "2")
        #expect(try await cache.credentials(for: again).sessionToken == "2")
    }
}

/// One of several providers.
struct AnyProvider: CredentialsProvider {
    private let provider: any CredentialsProvider

    init(_ provider: any CredentialsProvider) { self.provider = provider }

    func credentials(for request: CredentialsRequest) async throws(AWSError) -> Credentials {
        try await provider.credentials(for: request)
    }
}
