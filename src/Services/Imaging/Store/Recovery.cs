using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// Brings the index up to the packs when an archive is opened: files that the packs have and the index lacks are filed; what a crash left of
/// a half-written record at the end is cut off, since nobody was told that it is kept. An index that is gone is made again like this from the
/// first pack; a record that is damaged inside a pack is passed over then, and one whose file is damaged is put aside.
/// </summary>
internal static class Recovery
{
    private const int Together = 256;

    /// <summary>True when the packs have a file that the index lacks.</summary>
    public static bool IsBehind(PackFolder packs, IndexWriter index)
    {
        var (pack, offset) = Indexed(index);
        return pack < packs.Tail.Pack || packs.ReadRecord(pack, offset) is not null;
    }

    /// <summary>Returns the number of files that were brought in.</summary>
    public static async Task<int> RunAsync(PackFolder packs, FileObjectStore objects, IndexWriter index, CancellationToken cancellation)
    {
        var (pack, offset) = Indexed(index);
        var (filed, open) = (0, 0);
        for (; pack <= packs.Tail.Pack; (pack, offset) = (pack + 1, 0))
        {
            while (packs.FindRecord(pack, offset) is { } found)
            {
                cancellation.ThrowIfCancellationRequested();
                var record = packs.ReadRecord(pack, found)!;
                if (open++ == 0) index.Begin();
                if (!record.IsErased && await FileAsync(packs, objects, index, new(pack, found, record.Length, record.IsObject), record, cancellation).ConfigureAwait(false)) filed++;
                offset = found + record.Size;
                if (open < Together) continue;
                index.Complete(pack, offset);
                index.Commit();
                open = 0;
            }

            if (pack == packs.Tail.Pack) break;
        }

        if (open > 0)
        {
            index.Complete(pack, offset);
            index.Commit();
        }

        if (offset < packs.Tail.End) packs.Tail.CutBack(packs.Tail.Pack, offset);
        return filed;
    }

    /// <summary>Up to where the packs are in the index.</summary>
    private static (int Pack, long Offset) Indexed(IndexWriter index) =>
        (int.Parse(index.State("pack") ?? "1", CultureInfo.InvariantCulture), long.Parse(index.State("pack_end") ?? "0", CultureInfo.InvariantCulture));

    private static async Task<bool> FileAsync(PackFolder packs, FileObjectStore objects, IndexWriter index, PackPlace place, PackRecord record, CancellationToken cancellation)
    {
        if (record.IsObject && !await objects.ExistsAsync(Convert.ToHexStringLower(record.Hash), cancellation).ConfigureAwait(false)) return false;
        var facts = await ReadAsync(StoredFile.Of(packs, objects, place, record.Hash), record, cancellation).ConfigureAwait(false);
        if (index.Known.Has(facts, out var isTaken)) return false;
        Filing.Add(index, facts, record, place, isTaken);
        return true;
    }

    private static async Task<FileFacts> ReadAsync(StoredFile file, PackRecord record, CancellationToken cancellation)
    {
        try
        {
            var stream = file.Open();
            await using (stream.ConfigureAwait(false))
            {
                var facts = await FileFacts.OfAsync(stream, cancellation).ConfigureAwait(false);
                if (record.Hash.Length == 0 || facts.Hash.AsSpan().SequenceEqual(record.Hash)) return facts;
            }
        }
        catch (InvalidDataException)
        {
            // It is encrypted, and not what was written.
        }

        return new(new Problem(ProblemKind.Fault, "imaging.damaged", "The bytes of the file are not those that were received."), record.Hash, []);
    }
}
