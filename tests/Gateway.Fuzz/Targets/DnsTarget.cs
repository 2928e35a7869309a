using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class DnsTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var read = DnsView.TryParse(data, out var message, out var error);
        Promise.Keep(read == (error == DnsError.None), "an error or a message, never both");
        if (!read)
            return;
        Promise.Keep(message.RecordCount + message.QuestionCount <= DnsView.MaxRecords, "the number of records is bounded");
        var count = 0;
        var records = message.Records;
        while (records.TryRead(out var record))
        {
            count++;
            ReadRecord(data, record);
        }
        Promise.Keep(count == message.RecordCount, "every record can be read");
    }

    private static void ReadRecord(ReadOnlySpan<byte> data, DnsRecord record)
    {
        Promise.Keep(record.Data.IsEmpty || data.Overlaps(record.Data), "data lies inside the message");
        ReadName(record.Name);
        if (record.TryGetTarget(out var target))
            ReadName(target);
        Promise.Keep(record.TryGetAddress(out _) == (record.Type == DnsType.Address), "an address record has an address");
        Promise.Keep(record.TryGetPort(out _) == (record.Type == DnsType.Service), "a service record has a port");
        var texts = record.Texts;
        var bytes = 0;
        while (texts.TryRead(out var text))
            bytes += 1 + text.Length;
        Promise.Keep(bytes == 0 || bytes == record.Data.Length, "the strings make up the data");
        _ = record.Class + record.TimeToLiveSeconds + (record.CacheFlush ? 1 : 0);
    }

    private static void ReadName(DnsName name)
    {
        var bytes = 1;
        var count = 0;
        var labels = name.Labels;
        while (labels.TryRead(out var label))
        {
            Promise.Keep(label.Length is >= 1 and <= 63, "a label has 1 to 63 bytes");
            bytes += 1 + label.Length;
            count++;
        }
        Promise.Keep(bytes <= DnsName.MaxNameBytes && count == name.LabelCount, "a name is bounded");
        _ = name.Is("_services._dns-sd._udp.local"u8);
    }
}
