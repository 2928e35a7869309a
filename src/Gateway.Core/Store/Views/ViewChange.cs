namespace Gateway.Core.Store.Views;

/// <summary>One change, ready to be stored.</summary>
internal abstract record ViewChange;

internal sealed record AddEntry(LogEntry Entry) : ViewChange;

internal sealed record PutDocument(string Set, string Key, string DeviceId, string Json) : ViewChange;

internal sealed record RemoveDocument(string Set, string Key) : ViewChange;

internal sealed record AddCount(string Set, string Key, DateTimeOffset At, long Times) : ViewChange;
