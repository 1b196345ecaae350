using System.Runtime.CompilerServices;
using Yunnao.Formats.Dicom;
using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Web;

/// <summary>What one caller sees of the archive in one request. UIDs that it is asked for and that it gives are those that the caller knows.</summary>
internal sealed class ArchiveView(ImageArchive archive)
{
    /// <summary>UID of the study that the request names, as it is kept; null for a search over all.</summary>
    public string? Study { get; init; }

    /// <summary>Which studies a search over all may find; null for every one.</summary>
    public RowBound? Bound { get; init; }

    /// <summary>Whether a study may be found where the bound alone does not tell; null when it does.</summary>
    public Func<StudyRow, CancellationToken, ValueTask<bool>>? Admits { get; init; }

    /// <summary>How persons are hidden; null when the caller may know who they are.</summary>
    public Disguise? Disguise { get; init; }

    /// <summary>Told how many matches a search gave, before the caller is.</summary>
    public Func<long, Task> Searched { get; init; } = _ => Task.CompletedTask;

    /// <summary>The UID under which the caller knows one.</summary>
    public string Uid(string uid) => Disguise is null ? uid : Disguise.Uid(uid);

    /// <summary>The question in the UIDs that are kept; null when it can have no match. Problems: <c>imaging.identity-key</c>, <c>imaging.query-too-wide</c>.</summary>
    public Result<ImageQuery?> Translate(ImageQuery query)
    {
        query = query with { Bound = Bound, WithoutOrder = Disguise is not null };
        if (Disguise is { } disguise)
        {
            var keys = new List<MatchKey>();
            foreach (var key in query.Keys)
            {
                if (key.Value.Length == 0 || Web.Disguise.Keeps(key.Tag)) keys.Add(key);
                else if (Original(disguise, key) is not { } uids)
                    return new Problem(ProblemKind.Forbidden, "imaging.identity-key", $"{key.Tag.ToHex()} may lead to a person; for this purpose nothing is searched by it.");
                else if (uids.Count == 0) return (ImageQuery?)null;
                else keys.Add(key with { Value = string.Join('\\', uids) });
            }

            query = query with { Keys = keys };
        }

        return archive.Index.Refuse(query) is { } wide ? wide : query;
    }

    /// <summary>The matches of a translated question.</summary>
    public async IAsyncEnumerable<ImageAnswer> SearchAsync(ImageQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var decides = Admits is not null && Study is null;
        var (passed, given, last) = (0, 0, (Id: -1L, Admitted: false));
        foreach (var answer in archive.Index.Search(decides ? query with { Offset = 0, Limit = int.MaxValue } : query))
        {
            if (decides)
            {
                if (answer.Study!.Id != last.Id) last = (answer.Study.Id, await Admits!(answer.Study, cancellation).ConfigureAwait(false));
                if (!last.Admitted || passed++ < query.Offset) continue;
            }

            yield return answer;
            if (++given == query.Limit) yield break;
        }
    }

    /// <summary>The instances of the study that a request names by UIDs as the caller knows them, with the rows above them; empty when there are none.</summary>
    public List<ImageAnswer> Find(string? series, string? instance)
    {
        var index = archive.Index;
        if (instance is not null)
        {
            var found = Disguise is null ? index.FindInstance(Study ?? "", series ?? "", instance) : Disguise.TryCode(instance, out var code) ? index.FindInstance(code) : null;
            return found is not null && (Disguise is null || (found.Study!.Uid == Study && (series is not { Length: > 0 } || Uid(found.Series!.Uid) == series) && Uid(found.Instance!.Uid) == instance)) ? [found] : [];
        }

        if (series is not null) return FindSeries(series) is var (above, one) ? [.. index.InstancesOf(one).Select(i => new ImageAnswer(null, above, one, i))] : [];
        return index.FindStudy(Study!) is { } whole ? [.. index.SeriesOf(whole).SelectMany(s => index.InstancesOf(s).Select(i => new ImageAnswer(null, whole, s, i)))] : [];
    }

    /// <summary>The header of an instance as the caller sees it.</summary>
    public HeaderBlock Header(ImageAnswer found)
    {
        var whole = found.Series!.Header.With(found.Instance!.Difference);
        return Disguise is null ? whole : Disguise.Header(whole, found.Study!);
    }

    /// <summary>The file of an instance as the caller sees it: as it is kept, or without its person. Problems: <c>imaging.may-show-person</c>, <c>imaging.too-large</c>.</summary>
    public Result<DicomSource> File(ImageAnswer found)
    {
        var file = archive.Open(found.Instance!);
        if (Disguise is null) return new DicomSource(file, found.Instance!.TransferSyntax, null);
        return Disguise.File(file, found.Study!).Try(out var bytes, out var problem) ? new DicomSource(file, found.Instance!.TransferSyntax, bytes) : problem;
    }

    /// <summary>The bytes of an instance for what shows its pixels. Problem: <c>imaging.may-show-person</c>.</summary>
    public Result<StoredFile> Pixels(ImageAnswer found) =>
        Disguise is not null && Web.Disguise.MayShowPerson(found.Series!.Header.With(found.Instance!.Difference)) ? Web.Disguise.Shows : archive.Open(found.Instance!);

    /// <summary>True when the value at a path of tags and item numbers (<c>54000100/0/54001010</c>) is one that the caller may have.</summary>
    public bool GivesValue(string path) => Disguise is null || path.Split('/').Where((_, i) => i % 2 == 0).All(t => DicomTag.TryParse(t, out var tag) && Web.Disguise.Keeps(tag));

    private (StudyRow Study, SeriesRow Series)? FindSeries(string series)
    {
        if (Disguise is null) return archive.Index.FindSeries(Study!, series);
        if (archive.Index.FindStudy(Study!) is not { } study) return null;
        return archive.Index.SeriesOf(study).Find(s => Uid(s.Uid) == series) is { } found ? (study, found) : null;
    }

    /// <summary>The UIDs behind those of a key; null when the key is none by which something may be found.</summary>
    private List<string>? Original(Disguise disguise, MatchKey key)
    {
        var uids = key.Value.Split('\\', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (key.Tag == Tags.StudyInstanceUid)
        {
            // The study of the path was found already.
            return [.. uids.Select(u => Study is { } known && (u == known || disguise.Uid(known) == u) ? known : disguise.TryCode(u, out var code) ? archive.Index.FindStudy(code)?.Uid : null).OfType<string>()];
        }

        if (key.Tag == Tags.SopInstanceUid) return [.. uids.Select(u => disguise.TryCode(u, out var code) ? archive.Index.FindInstance(code)?.Instance!.Uid : null).OfType<string>()];
        return key.Tag == Tags.SeriesInstanceUid && Study is not null ? [.. uids.Select(u => FindSeries(u)?.Series.Uid).OfType<string>()] : null;
    }
}
