using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Identity;

namespace Gateway.Corridor.State;

/// <summary>Keeps the state in <c>state.json</c>: each change is on disk before it counts and before anyone is told.</summary>
internal sealed class HubStore
{
    /// <summary>10,000 identities with a few certificates each are some 15 MiB.</summary>
    private const int MaxFileBytes = 64 << 20;

    private readonly Lock _lock = new();
    private readonly string _path;
    private volatile HubState _current;

    private HubStore(string path, HubState state) => (_path, _current) = (path, state);

    /// <summary>Raised after each change, on the thread that made it.</summary>
    public event Action? Changed;

    public HubState Current => _current;

    /// <exception cref="HubStartException">The file is damaged, of a newer program, or of another site.</exception>
    public static HubStore Open(string folder, string site, string hub)
    {
        var path = Path.Combine(folder, "state.json");
        if (!File.Exists(path))
            return new HubStore(path, new HubState { Site = site, Hub = hub });
        var state = Read(path);
        if (state.Format != HubState.FormatVersion)
            throw new HubStartException($"{path} has format {state.Format}; this program reads {HubState.FormatVersion}: use the program that wrote it");
        if (state.Site != site)
            throw new HubStartException($"{path} belongs to the site {state.Site}, not {site}; give --site {state.Site} or another --state folder");
        return new HubStore(path, state with { Hub = hub });
    }

    /// <summary>Makes the next state of the present one. When the function throws, or the disk refuses, nothing has changed.</summary>
    /// <exception cref="StateNotStoredException">The state could not be written.</exception>
    public T Change<T>(Func<HubState, (HubState Next, T Result)> change)
    {
        T result;
        lock (_lock)
        {
            (var next, result) = change(_current);
            if (ReferenceEquals(next, _current))
                return result;
            Store(next);
            _current = next;
        }
        Changed?.Invoke();
        return result;
    }

    private void Store(HubState next)
    {
        try
        {
            PrivateFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(next, HubStateJson.Default.HubState));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateNotStoredException($"{_path} cannot be written: {e.Message}; nothing was changed", e);
        }
    }

    private static HubState Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(PrivateFile.Read(path, MaxFileBytes), HubStateJson.Default.HubState)
                ?? throw new JsonException("the file holds null");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new HubStartException($"{path} cannot be read: {e.Message}; restore it from a backup, and do not delete it: it holds what is revoked", e);
        }
    }
}

/// <summary>The hub cannot start; the message says why and what to do.</summary>
internal sealed class HubStartException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The disk refused a change of the state; nothing was changed.</summary>
internal sealed class StateNotStoredException(string message, Exception inner) : Exception(message, inner);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HubState))]
internal sealed partial class HubStateJson : JsonSerializerContext;
