using System.Globalization;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging.Web;

/// <summary>Finds a long value in a stored file by its path: tags, with the numbers of items between them.</summary>
internal static class BulkData
{
    /// <summary>The value; null when there is none. Encapsulated pixel data comes with the heads of its items.</summary>
    public static async Task<Stream?> FindAsync(StoredFile file, string path, CancellationToken cancellation)
    {
        var stream = file.Open();
        DicomFile header;
        await using (stream.ConfigureAwait(false))
        {
            if (!(await DicomReader.ReadHeaderAsync(stream, cancel: cancellation).ConfigureAwait(false)).Try(out var read, out _)) return null;
            header = read;
        }

        var (set, steps) = (header.DataSet, path.Split('/'));
        for (var i = 0; i < steps.Length; i += 2)
        {
            if (steps[i].Length != 8 || !DicomTag.TryParse(steps[i], out var tag) || !set.TryGet(tag, out var element)) return null;
            if (i == steps.Length - 1) return Value(file, header, element);
            if (!int.TryParse(steps[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var item) || item >= element.Items.Count) return null;
            set = element.Items[item];
        }

        return null;
    }

    private static Stream? Value(StoredFile file, DicomFile header, DicomElement element)
    {
        if (element.Deferred is not { } deferred) return element.IsSequence ? null : new MemoryStream(element.Value.ToArray(), writable: false);
        if (header.Syntax.IsDeflated)
        {
            var whole = DicomReader.Read(file.Read(0, (int)Math.Min(file.Length, int.MaxValue - 1024)));
            return whole.Try(out var read, out _) && read.DataSet.TryGet(element.Tag, out var inflated) ? new MemoryStream(inflated.Value.ToArray(), writable: false) : null;
        }

        return file.Open(deferred.Offset, deferred.IsEncapsulated ? file.Length - deferred.Offset : deferred.Length);
    }
}
