using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>An instance made ready for a context that the peer takes: its data set as it is kept where the syntax is agreed, else written anew.</summary>
internal sealed class OutgoingInstance : IAsyncDisposable
{
    private OutgoingInstance(AgreedContext context, InstanceRow instance, Stream data) => (Context, Instance, Data) = (context, instance, data);

    public AgreedContext Context { get; }

    public InstanceRow Instance { get; }

    /// <summary>The data set.</summary>
    public Stream Data { get; }

    /// <summary>Null when the peer takes the class or the syntax in none of its contexts.</summary>
    public static OutgoingInstance? Prepare(ImageArchive archive, InstanceRow instance, IReadOnlyCollection<AgreedContext> contexts)
    {
        var ofClass = contexts.Where(c => c.SopClass == instance.SopClass).ToList();
        var file = archive.Open(instance);
        if (ofClass.Find(c => c.TransferSyntax == instance.TransferSyntax) is { } same)
        {
            // A fragment has an even length (PS3.8, annex E.2); peers break an association off over an odd one, and with it all that would follow.
            var isEven = (file.Length - instance.DataStart) % 2 == 0;
            return new(same, instance, isEven ? file.Open(instance.DataStart, file.Length - instance.DataStart) : new MemoryStream(Transcoding.EvenDataSet(file, instance.DataStart), writable: false));
        }

        foreach (var context in ofClass)
        {
            if (TransferSyntax.Find(context.TransferSyntax) is not { IsEncapsulated: false } syntax) continue;
            if (Transcoding.DataSet(file, syntax) is { } data) return new(context, instance, new MemoryStream(data, writable: false));
        }

        return null;
    }

    /// <summary>The command that goes before it.</summary>
    public DimseCommand Request(ushort messageId, (string Title, ushort MessageId)? originator = null) => new()
    {
        Field = DimseField.StoreRequest,
        MessageId = messageId,
        SopClass = Instance.SopClass,
        SopInstance = Instance.Uid,
        Priority = 0,
        HasDataSet = true,
        MoveOriginator = originator?.Title,
        MoveOriginatorMessageId = originator?.MessageId,
    };

    public ValueTask DisposeAsync() => Data.DisposeAsync();
}
