import Findings
import Testing

@Suite struct ResourceTypeTests {
    @Test func everyTypeIsKnownByItsName() {
        #expect(ResourceType.all.count == 17)
        #expect(Set(ResourceType.all).count == 17)
        for type in ResourceType.all {
            #expect(ResourceType(type.name)?.words == type.words)
            #expect(type.words != nil)
            #expect(type.name.hasPrefix("AWS::"))
        }
    }

    @Test func anyTypeMayBeReported() {
        #expect(ResourceType("AWS::New::Thing")?.words == nil)
        #expect(ResourceType("AWS::New::Thing")?.riskPoints == ResourceType.pointsOfOthers)
        #expect(ResourceType("") == nil)
        #expect(ResourceType("AWS::\u{212A}MS::Key") == nil)
    }
}
