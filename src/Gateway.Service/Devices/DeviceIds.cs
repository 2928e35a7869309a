using System.Security.Cryptography;
using Gateway.Core.State;

namespace Gateway.Service.Devices;

/// <summary>Short codes of devices: six letters and digits that look unlike each other, read over the phone and typed from a label.</summary>
internal static class DeviceIds
{
    private const int Length = 6;
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>A code that no device has or had.</summary>
    public static string Next(GatewayState state)
    {
        while (true)
        {
            var id = RandomNumberGenerator.GetString(Alphabet, Length);
            if (!state.Devices.ContainsKey(id))
                return id;
        }
    }
}
