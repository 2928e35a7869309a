using System.Text;
using Gateway.Core.Discovery;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Observers;

/// <summary>Reads what a device announces by multicast DNS (RFC 6762): its host name, its kinds of service (RFC 6763), and the hints
/// at maker, model and firmware that many kinds carry in their text records.</summary>
internal static class MdnsObserver
{
    /// <summary>Bytes of a dotted name or service type that are put together; longer than any name.</summary>
    private const int MaxDottedBytes = DnsName.MaxNameBytes;

    private const ushort InternetClass = 1;

    /// <summary>The name that lists service types instead of services (RFC 6763, section 9).</summary>
    private static ReadOnlySpan<byte> ServiceTypes => "_services._dns-sd._udp.local"u8;

    /// <returns>False for a malformed message.</returns>
    public static bool TryObserve(ReadOnlySpan<byte> payload, ref ObservationWriter writer)
    {
        if (!DnsView.TryParse(payload, out var message, out _))
            return false;
        // Records in a query are what the asker knows of others.
        if (!message.IsResponse)
            return true;
        var records = message.Records;
        while (records.TryRead(out var record))
        {
            if (record.Class == InternetClass && record.TimeToLiveSeconds > 0)
                ObserveRecord(record, ref writer);
        }
        return true;
    }

    private static void ObserveRecord(DnsRecord record, ref ObservationWriter writer)
    {
        switch (record.Type)
        {
            case DnsType.Address:
                TellHost(record.Name, ref writer);
                break;
            case DnsType.Pointer when record.TryGetTarget(out var target):
                TellService(record.Name.Is(ServiceTypes) ? target : record.Name, ref writer);
                break;
            case DnsType.Service when record.TryGetTarget(out var target):
                TellService(record.Name, ref writer);
                TellHost(target, ref writer);
                break;
            case DnsType.Text:
                TellHints(record.Texts, ref writer);
                break;
            default:
                break;
        }
    }

    /// <summary>A name directly under <c>local</c> is a host's (RFC 6762, section 3).</summary>
    private static void TellHost(DnsName name, ref ObservationWriter writer)
    {
        var labels = name.Labels;
        if (labels.TryRead(out var host) && labels.TryRead(out var domain) && !labels.TryRead(out _)
            && Ascii.EqualsIgnoreCase(domain, "local"u8))
            writer.Tell(ObservationSource.Mdns, EvidenceAttribute.HostName, host);
    }

    /// <summary>The kind of service is the last label before <c>_tcp</c> or <c>_udp</c>, with it (RFC 6763, section 4.1.2).</summary>
    private static void TellService(DnsName name, ref ObservationWriter writer)
    {
        ReadOnlySpan<byte> before = default;
        var labels = name.Labels;
        while (labels.TryRead(out var label))
        {
            if (Ascii.EqualsIgnoreCase(label, "_tcp"u8) || Ascii.EqualsIgnoreCase(label, "_udp"u8))
            {
                Span<byte> type = stackalloc byte[MaxDottedBytes];
                before.CopyTo(type);
                type[before.Length] = (byte)'.';
                label.CopyTo(type[(before.Length + 1)..]);
                if (before.StartsWith((byte)'_'))
                    writer.Tell(ObservationSource.Mdns, EvidenceAttribute.Service, type[..(before.Length + 1 + label.Length)]);
                return;
            }
            before = label;
        }
    }

    private static void TellHints(DnsTextReader texts, ref ObservationWriter writer)
    {
        while (texts.TryRead(out var text))
        {
            var equals = text.IndexOf((byte)'=');
            if (equals > 0 && Hint(text[..equals]) is { } attribute)
                writer.Tell(ObservationSource.Mdns, attribute, text[(equals + 1)..]);
        }
    }

    /// <summary>Keys that common services use: Apple device-info, HomeKit, Google Cast, printers (Bonjour Printing), cameras.</summary>
    private static EvidenceAttribute? Hint(ReadOnlySpan<byte> key) => key switch
    {
        _ when IsOneOf(key, "model"u8, "md"u8, "ty"u8, "usb_MDL"u8) => EvidenceAttribute.Model,
        _ when IsOneOf(key, "manufacturer"u8, "vendor"u8, "mf"u8, "usb_MFG"u8) => EvidenceAttribute.Vendor,
        _ when IsOneOf(key, "firmware"u8, "fw"u8, "fv"u8, "swversion"u8) => EvidenceAttribute.Firmware,
        _ => null,
    };

    private static bool IsOneOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d) =>
        Ascii.EqualsIgnoreCase(key, a) || Ascii.EqualsIgnoreCase(key, b) || Ascii.EqualsIgnoreCase(key, c) || Ascii.EqualsIgnoreCase(key, d);
}
