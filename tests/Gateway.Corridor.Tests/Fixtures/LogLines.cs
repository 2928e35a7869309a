using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>What the hub logged.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Errors and worse: there should be none.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel}: {formatter(state, exception)} {exception}";
        _lines.Enqueue(line);
        if (logLevel >= LogLevel.Error)
            Errors.Enqueue(line);
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
