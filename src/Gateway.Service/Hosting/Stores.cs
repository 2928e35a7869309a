using System.Security.Cryptography;
using Gateway.Core.Identity;
using Gateway.Core.State;
using Gateway.Core.Store;
using Gateway.Core.Store.Views;
using Gateway.Service.Devices;
using Gateway.Service.Records;

namespace Gateway.Service.Hosting;

/// <summary>Opens journals, view and key at start, in the order in which they depend on each other.</summary>
internal sealed class Stores : IDisposable
{
    /// <summary>Bound of the log, in bytes: some 300,000 lines. The oldest segment goes first.</summary>
    private const long MaxRecordBytes = 96L << 20;

    private const int ViewFormat = 1;

    private readonly ECDsa _key;

    private Stores(ECDsa key, StateJournal<GatewayState, StateEntry> state, Journal records, ViewStore view)
    {
        _key = key;
        State = state;
        Records = records;
        View = view;
    }

    public StateJournal<GatewayState, StateEntry> State { get; }

    public Journal Records { get; }

    public ViewStore View { get; }

    /// <exception cref="JournalException">A journal cannot be opened; the message says why and what to do.</exception>
    public static Stores Open(ServiceFolders folders, ServiceParts parts)
    {
        PrivateFile.MakeFolder(folders.State);
        PrivateFile.MakeFolder(folders.View);
        var time = parts.Time;
        var key = LoadKey(Path.Combine(folders.State, "store.key"));
        var signer = new StoreKey(key);
        var state = StateJournal.Open(new StateJournalOptions<GatewayState, StateEntry>
        {
            Journal = new JournalOptions { Name = "state", Folder = parts.OpenFolder(folders.StateJournal), Key = signer, Clock = time },
            Snapshots = parts.OpenFolder(folders.Snapshots),
            Initial = GatewayState.Empty,
            Reduce = StateReducer.Apply,
            EntryType = StateJson.Default.StateEntry,
            StateType = StateJson.Default.GatewayState,
        });
        var records = Journal.Open(new JournalOptions
        {
            Name = "records", Folder = parts.OpenFolder(folders.Records), Key = signer, MaxTotalBytes = MaxRecordBytes, Clock = time,
        });
        var view = ViewStore.Open(new ViewOptions
        {
            Folder = parts.OpenFolder(folders.View),
            Key = signer,
            FormatVersion = ViewFormat,
            Sources = [new ViewSource("records", records, RecordLog.Project, FeedsLog: true)],
            Sets = [DeviceDiscovery.EvidenceSet, DeviceWatch.GrantUse],
        });
        return new Stores(key, state, records, view);
    }

    public void Dispose()
    {
        View.Dispose();
        Records.Dispose();
        State.Dispose();
        _key.Dispose();
    }

    private static ECDsa LoadKey(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(System.Text.Encoding.ASCII.GetString(PrivateFile.Read(path, KeyStore.MaxFileBytes)));
            return key;
        }
        PrivateFile.Write(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return key;
    }
}
