import Basics
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_440_938_160, "20150830T123600Z"),
        (1_709_251_199, "20240229T235959Z"), (4_107_542_400, "21000301T000000Z"), (-1, "19691231T235959Z"),
    ])
    func basicFormOfKnownMoments(_ seconds: Int64, _ text: String) {
        #expect(Timestamp(secondsSinceEpoch: seconds).basic == text)
    }

    @Test(arguments: [
        ("2015-08-30T12:36:00Z", 1_440_938_160), ("2015-08-30T12:36:00.123456789Z", 1_440_938_160),
        ("2015-08-30T14:36:00+02:00", 1_440_938_160), ("2015-08-30T05:06:00-07:30", 1_440_938_160),
        ("1970-01-01T00:00:00.5z", 0),
    ])
    func readsISO8601(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(iso8601: text)?.secondsSinceEpoch == seconds)
    }

    @Test(arguments: [
        "", "2015-08-30", "2015-08-30T12:36:00", "2015-08-30T12:36:00.Z", "2015-13-30T12:36:00Z",
        "2015-08-30 12:36:00Z",
        "2015-08-30T24:36:00Z", "2015-08-30T12:36:00+2:00", "2015-08-30T12:36:00Zz", "abcd-08-30T12:36:00Z", "🔑🔑🔑🔑🔑🔑",
    ])
    func refusesWhatIsNotISO8601(_ text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func readsHTTPDates() {
        #expect(Timestamp(httpDate: "Sun, 30 Aug 2015 12:36:00 GMT")?.secondsSinceEpoch == 1_440_938_160)
        for bad in ["", "Sun, 30 Aug 2015 12:36 GMT", "Sun, 30 Xxx 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 CET"]
        {
            #expect(Timestamp(httpDate: bad) == nil)
        }
    }

    @Test func isoFormOfEveryDayOfFourCenturiesReadsBack() {
        // Years with and without a leap day, by way of the basic form's digits.
        for day in stride(from: Int64(-100_000), through: 150_000, by: 1) {
            let moment = Timestamp(secondsSinceEpoch: day * 86_400 + 3_723)
            let basic = Array(moment.basic)
            let date = "\(String(basic[0..<4]))-\(String(basic[4..<6]))-\(String(basic[6..<8]))"
            let iso = "\(date)T01:02:03Z"
            guard Timestamp(iso8601: iso) == moment else {
                Issue.record("\(iso) is not day \(day)")
                return
            }
        }
    }
}
