// Imports: send a spreadsheet, and the imports of before.
import { Anchor, Button, FileButton, Group, List, Paper, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Answer, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { Heading } from '../app/heading.tsx'
import { useSession } from '../app/session.tsx'
import { formatMoment } from '../app/texts.ts'
import { sendFile } from './send-file.ts'

export default function ImportsScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const list = useQuery({ queryKey: ['imports'], queryFn: ({ signal }) => call('GET /api/imports', { signal }) })
  const sending = useMutation({
    mutationFn: (file: File) => sendFile(file),
    onSuccess: ({ id }) => navigate({ to: '/imports/$id', params: { id } }),
  })
  return (
    <Stack>
      <Heading>{t('imports:title')}</Heading>
      <Paper withBorder p="md">
        <Text>{t('imports:what')}</Text>
        <List my="sm">
          <List.Item>{t('imports:formats')}</List.Item>
          <List.Item>{t('imports:columns')}</List.Item>
          <List.Item>{t('imports:nothing_yet')}</List.Item>
        </List>
        <Group>
          <FileButton onChange={(file) => file && sending.mutate(file)} accept=".xlsx,.ods,.csv,.txt">
            {(props) => (
              <Button {...props} loading={sending.isPending}>
                {t('imports:choose_file')}
              </Button>
            )}
          </FileButton>
          <Button component="a" href="/api/imports/template" download variant="default">
            {t('imports:template')}
          </Button>
        </Group>
        {sending.isPending && (
          <Text role="status" mt="sm">
            {t('imports:sending')}
          </Text>
        )}
        {sending.error && <Failure error={sending.error} />}
      </Paper>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data && list.data.imports.length > 0 && <Former imports={list.data.imports} />}
    </Stack>
  )
}

function Former({ imports }: { imports: Answer<'GET /api/imports'>['imports'] }) {
  const { t } = useTranslation()
  const { timeZone } = useSession()
  return (
    <>
      <Title order={2} size="h4">
        {t('imports:former')}
      </Title>
      <Table.ScrollContainer minWidth={0}>
        <Table verticalSpacing="xs" bg="var(--surface)">
          <Table.Caption>
            <VisuallyHidden>{t('imports:former')}</VisuallyHidden>
          </Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('imports:file')}</Table.Th>
              <Table.Th>{t('imports:state_title')}</Table.Th>
              <Table.Th className="wide-only">{t('imports:when')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {imports.map(({ id, fileName, state, createdAt }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Anchor component={Link} to={`/imports/${id}`} className="break">
                    {fileName || t('imports:nameless')}
                  </Anchor>
                </Table.Td>
                <Table.Td>{t(`imports:state.${state}`)}</Table.Td>
                <Table.Td className="wide-only">{formatMoment(createdAt, timeZone)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  )
}
