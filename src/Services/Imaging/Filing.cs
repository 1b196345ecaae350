using Yunnao.Kernel;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Store;

namespace Yunnao.Services.Imaging;

/// <summary>Decides where a file belongs: among the images, or aside with its reason. Used when it comes and when the index is made again.</summary>
internal static class Filing
{
    /// <summary>Files what is not known; the problem says why it is kept aside.</summary>
    /// <param name="isTaken">As <see cref="KnownInstances.Has"/> said.</param>
    public static Problem? Add(IndexWriter index, FileFacts file, PackRecord record, PackPlace place, bool isTaken)
    {
        record = record with { Hash = file.Hash };
        if (!file.Header.Try(out var header, out var unreadable))
        {
            index.Quarantine(unreadable.Code, record, place, "", "", "");
            return unreadable;
        }

        var reason = isTaken ? "imaging.other-bytes" : index.Contradiction(header, record.Organisation);
        if (reason is null)
        {
            if (index.Add(header, record, file.DataHash, place) is { } held) index.Quarantine(held, record, place, header.StudyUid, header.SeriesUid, header.InstanceUid);
            return null;
        }

        index.Quarantine(reason, record, place, header.StudyUid, header.SeriesUid, header.InstanceUid);
        return reason switch
        {
            "imaging.other-bytes" => new(ProblemKind.Conflict, "imaging.other-bytes", "An instance of this UID with other bytes is there already; this one is kept aside."),
            "imaging.series-of-other-study" => new(ProblemKind.Conflict, "imaging.series-of-other-study", "The series is part of another study already; the instance is kept aside."),
            _ => new(ProblemKind.Conflict, "imaging.study-of-other-patient", "The study is of another patient already; the instance is kept aside."),
        };
    }
}
