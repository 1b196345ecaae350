using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Dimse;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging;

/// <summary>What the people who run an archive do with it: bring in files, look, send, take out, verify, erase.</summary>
public static class ImageDesk
{
    private const int ReadBuffer = 256 << 10;
    private const int MostUnderway = 32;

    /// <summary>Brings files in, several at a time; gives what became of each, in the order in which they were done.</summary>
    public static async IAsyncEnumerable<(string Path, StoreOutcome Outcome)> IngestAsync(
        ImageArchive archive, IEnumerable<string> paths, string organisation, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var underway = new Queue<(string Path, Task<StoreOutcome> Task)>();
        foreach (var path in paths)
        {
            underway.Enqueue((path, Task.Run(() => IngestAsync(archive, path, organisation, cancellation), cancellation)));
            if (underway.Count < MostUnderway) continue;
            var (done, task) = underway.Dequeue();
            yield return (done, await task.ConfigureAwait(false));
        }

        foreach (var (path, task) in underway) yield return (path, await task.ConfigureAwait(false));
    }

    /// <summary>The studies, series or instances that match; <paramref name="keys"/> are attributes by tag or keyword. Problem: <c>imaging.query-parameter</c>.</summary>
    /// <param name="level">study, series or instance.</param>
    public static Result<IReadOnlyList<ImageLine>> Find(ImageArchive archive, string level, IReadOnlyList<(string Name, string Value)> keys, bool fuzzy, int limit)
    {
        var matches = new List<MatchKey>();
        foreach (var (name, value) in keys)
        {
            if (!DicomTag.TryParse(name, out var tag) || KeyColumn.Of(tag) is null)
                return new Problem(ProblemKind.Incorrect, "imaging.query-parameter", $"'{(name.Length > 40 ? name[..40] : name)}' is no attribute that can be searched for.");
            matches.Add(new(tag, value));
        }

        QueryLevel? asked = level switch { "study" => QueryLevel.Study, "series" => QueryLevel.Series, "instance" => QueryLevel.Image, _ => null };
        if (asked is not { } of) return new Problem(ProblemKind.Incorrect, "imaging.query-parameter", "The level is study, series or instance.");
        var query = new ImageQuery(of, matches, 0, limit, fuzzy);
        return archive.Index.Refuse(query) is { } wide ? wide : archive.Index.Search(query).Select(Line).ToArray();
    }

    /// <summary>What the archive holds.</summary>
    public static ArchiveCounts Count(ImageArchive archive)
    {
        var (patients, studies, series, instances, bytes, quarantined) = archive.Index.Count();
        return new(patients, studies, series, instances, bytes, quarantined);
    }

    /// <summary>What needs a look, the newest first.</summary>
    public static IReadOnlyList<QuarantineLine> Quarantine(ImageArchive archive, int limit) =>
        [.. archive.Index.Quarantine(limit).Select(q => new QuarantineLine(q.Id, new(q.ReceivedTicks, TimeSpan.Zero), q.Reason, q.Sender, q.Study, q.Instance, q.Place.Length))];

    /// <summary>Writes a file of the quarantine to a path. Problem: <c>imaging.unknown</c>.</summary>
    public static async Task<Problem?> GetQuarantinedAsync(ImageArchive archive, long number, string path, CancellationToken cancellation)
    {
        if (archive.Index.Quarantine(int.MaxValue).Find(q => q.Id == number) is not { } row) return Unknown();
        await CopyAsync(archive.Open(row).Open(), path, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Asks a peer to answer (C-ECHO). Problems: <c>imaging.peer-unreachable</c>, <c>imaging.peer-refused</c>.</summary>
    public static async Task<Problem?> EchoAsync(DimsePeer peer, string callingAe, DimseLimits limits, X509Certificate2? authority, CancellationToken cancellation)
    {
        PresentationContext[] contexts = [new(1, SopClass.Verification, [TransferSyntax.ExplicitLittle.Uid, TransferSyntax.ImplicitLittle.Uid])];
        if (!(await DimseClient.ConnectAsync(peer, callingAe, contexts, limits, authority, cancellation).ConfigureAwait(false)).Try(out var association, out var problem)) return problem;
        await using (association.ConfigureAwait(false))
        {
            if (association.Contexts.FirstOrDefault() is not { } context) return Refused(peer);
            await association.SendAsync(context, new() { Field = DimseField.EchoRequest, MessageId = association.NextMessageId(), SopClass = SopClass.Verification }).ConfigureAwait(false);
            var answer = await association.ReceiveAsync().ConfigureAwait(false);
            await association.ReleaseAsync().ConfigureAwait(false);
            return answer?.Command.Status == DimseStatus.Success ? null : Refused(peer);
        }
    }

    /// <summary>Sends what is selected to a peer; gives the UID and status of each instance.</summary>
    public static async IAsyncEnumerable<(string Instance, bool Done, ushort Status)> SendAsync(
        ImageArchive archive, ImageSelection selection, DimsePeer peer, string callingAe, DimseLimits limits, X509Certificate2? authority, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var sender = new InstanceSender(archive, callingAe, limits) { Authority = authority };
        foreach (var (_, series) in Selection.Of(archive.Index, selection.Keys))
        {
            await foreach (var (instance, status) in sender.SendAsync(peer, [.. series.SelectMany(s => s.Instances)], cancellation).ConfigureAwait(false))
                yield return (instance.Uid, DimseStatus.IsDone(status), status);
        }
    }

    /// <summary>Writes what is selected into a folder, a folder a series; gives the path of each file.</summary>
    public static async IAsyncEnumerable<string> GetAsync(ImageArchive archive, ImageSelection selection, string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (study, series) in Selection.Of(archive.Index, selection.Keys))
        {
            foreach (var (one, instances) in series)
            {
                var place = Directory.CreateDirectory(Path.Combine(folder, study.Uid, one.Uid)).FullName;
                foreach (var instance in instances)
                {
                    var path = Path.Combine(place, instance.Uid + ".dcm");
                    await CopyAsync(archive.Open(instance).Open(), path, cancellation).ConfigureAwait(false);
                    yield return path;
                }
            }
        }
    }

    /// <summary>Reads every file of what is selected (of everything when nothing is) and compares it with the hash that was kept; gives each UID and whether it is whole.</summary>
    public static async IAsyncEnumerable<(string Instance, bool IsWhole, long Bytes)> VerifyAsync(ImageArchive archive, ImageSelection selection, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (_, series) in Selection.Of(archive.Index, selection.Keys))
        {
            foreach (var instance in series.SelectMany(s => s.Instances))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return (instance.Uid, await IsWholeAsync(archive, instance, cancellation).ConfigureAwait(false), instance.Place.Length);
            }
        }
    }

    /// <summary>Erases what is selected: its rows, then its bytes. Returns the number of instances.</summary>
    /// <param name="erasing">Told the number of instances of a series just before it is erased: also what ends in the middle is accounted for.</param>
    public static async Task<int> EraseAsync(ImageArchive archive, ImageSelection selection, Action<int> erasing, CancellationToken cancellation)
    {
        var erased = 0;
        foreach (var (study, series) in Selection.Of(archive.Index, selection.Keys).ToList())
        {
            foreach (var (one, instances) in series)
            {
                erasing(instances.Count);
                await archive.EraseAsync(study, one, instances, cancellation).ConfigureAwait(false);
                erased += instances.Count;
            }
        }

        return erased;
    }

    private static async Task<StoreOutcome> IngestAsync(ImageArchive archive, string path, string organisation, CancellationToken cancellation)
    {
        var file = archive.Receive();
        await using (file.ConfigureAwait(false))
        {
            try
            {
                var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
                await using (source.ConfigureAwait(false))
                {
                    var buffer = new byte[ReadBuffer];
                    for (int read; (read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;) await file.AppendAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new(StoreResult.NotKept, new(ProblemKind.Unavailable, "imaging.not-kept", "The file cannot be read, or not be written to the archive.", new(path)), "", "", "", "");
            }

            return (await archive.StoreAsync([file], organisation, "file", untilFiled: true).ConfigureAwait(false))[0];
        }
    }

    private static ImageLine Line(ImageAnswer answer)
    {
        var (study, series, instance) = (answer.Study!, answer.Series, answer.Instance);
        var header = instance is not null ? series!.Header.With(instance.Difference) : series?.Header ?? study.Header;
        return new(
            First(study.Header, Tags.PatientId), First(study.Header, Tags.PatientName), study.Uid, study.Date, series?.Modality ?? study.Modalities.Replace('\\', ','),
            First(header, series is null ? Tags.StudyDescription : Tags.SeriesDescription), series?.Uid ?? "", instance?.Uid ?? "",
            series is null ? study.Series : 0, instance is not null ? 1 : series?.Instances ?? study.Instances, instance?.Place.Length ?? series?.Bytes ?? study.Bytes, study.Held);
    }

    /// <summary>The first value of an element in the JSON model; of a person name its ideographic group, else its alphabetic one.</summary>
    private static string First(HeaderBlock header, DicomTag tag)
    {
        var text = header.Find(tag);
        if (text.IsEmpty) return "";
        using var json = JsonDocument.Parse(text.ToArray());
        if (!json.RootElement.TryGetProperty("Value", out var values) || values.GetArrayLength() == 0) return "";
        var value = values[0];
        if (value.ValueKind == JsonValueKind.Object) return value.TryGetProperty("Ideographic", out var name) || value.TryGetProperty("Alphabetic", out name) ? name.GetString() ?? "" : "";
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ToString();
    }

    private static async Task<bool> IsWholeAsync(ImageArchive archive, InstanceRow instance, CancellationToken cancellation)
    {
        try
        {
            var stream = archive.Open(instance).Open();
            await using (stream.ConfigureAwait(false)) return (await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false)).AsSpan().SequenceEqual(instance.Hash);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return false;
        }
    }

    private static async Task CopyAsync(Stream from, string path, CancellationToken cancellation)
    {
        await using (from.ConfigureAwait(false))
        {
            var to = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
            await using (to.ConfigureAwait(false)) await from.CopyToAsync(to, ReadBuffer, cancellation).ConfigureAwait(false);
        }
    }

    private static Problem Unknown() => new(ProblemKind.NotFound, "imaging.unknown", "There is no such study, series, instance or file.");

    private static Problem Refused(DimsePeer peer) => new(ProblemKind.Forbidden, "imaging.peer-refused", $"{peer.AeTitle} at {peer.Host}:{peer.Port} did not do what it was asked for.");
}
